#define SC_ISA scalar
#include "kernels/conv_depthwise/generic.h"
