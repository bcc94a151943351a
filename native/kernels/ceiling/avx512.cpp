#define SC_ISA avx512
#include "kernels/ceiling/generic.h"
