#define SC_ISA avx2
#include "kernels/winograd/generic.h"
