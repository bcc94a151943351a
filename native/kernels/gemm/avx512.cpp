#define SC_ISA avx512
#include "kernels/gemm/generic.h"
