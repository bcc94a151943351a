#define SC_ISA avx512
#include "kernels/norm/generic.h"
