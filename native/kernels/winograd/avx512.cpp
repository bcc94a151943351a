#define SC_ISA avx512
#include "kernels/winograd/generic.h"
