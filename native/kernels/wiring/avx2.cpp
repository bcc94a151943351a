#define SC_ISA avx2
#include "kernels/wiring/generic.h"
