#define SC_ISA avx512
#include "kernels/conv_direct/generic.h"
