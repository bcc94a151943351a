#define SC_ISA avx512
#include "kernels/conv_depthwise/generic.h"
