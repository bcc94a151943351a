#define SC_ISA avx2
#include "kernels/loss/generic.h"
