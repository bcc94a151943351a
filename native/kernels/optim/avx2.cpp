#define SC_ISA avx2
#include "kernels/optim/generic.h"
