#define SC_ISA scalar
#include "kernels/ceiling/generic.h"
