#define SC_ISA scalar
#include "kernels/activation/generic.h"
