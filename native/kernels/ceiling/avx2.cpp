#define SC_ISA avx2
#include "kernels/ceiling/generic.h"
