#define SC_ISA avx2
#include "kernels/gemm/generic.h"
