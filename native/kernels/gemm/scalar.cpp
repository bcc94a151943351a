#define SC_ISA scalar
#include "kernels/gemm/generic.h"
