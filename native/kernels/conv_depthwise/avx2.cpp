#define SC_ISA avx2
#include "kernels/conv_depthwise/generic.h"
