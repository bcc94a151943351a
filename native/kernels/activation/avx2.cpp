#define SC_ISA avx2
#include "kernels/activation/generic.h"
