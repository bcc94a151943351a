#define SC_ISA avx512
#include "kernels/optim/generic.h"
