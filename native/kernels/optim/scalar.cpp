#define SC_ISA scalar
#include "kernels/optim/generic.h"
