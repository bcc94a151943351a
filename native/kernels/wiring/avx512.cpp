#define SC_ISA avx512
#include "kernels/wiring/generic.h"
