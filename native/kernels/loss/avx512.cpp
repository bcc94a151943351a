#define SC_ISA avx512
#include "kernels/loss/generic.h"
