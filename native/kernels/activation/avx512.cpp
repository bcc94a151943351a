#define SC_ISA avx512
#include "kernels/activation/generic.h"
