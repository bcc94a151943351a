#define SC_ISA avx2
#include "kernels/elementwise/generic.h"
