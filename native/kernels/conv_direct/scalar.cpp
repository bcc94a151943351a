#define SC_ISA scalar
#include "kernels/conv_direct/generic.h"
