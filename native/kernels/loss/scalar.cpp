#define SC_ISA scalar
#include "kernels/loss/generic.h"
