#define SC_ISA scalar
#include "kernels/elementwise/generic.h"
