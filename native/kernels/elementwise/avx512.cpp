#define SC_ISA avx512
#include "kernels/elementwise/generic.h"
