#define SC_ISA avx2
#include "kernels/norm/generic.h"
