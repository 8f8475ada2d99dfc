/* The Python module of one instruction set: hands out the kernel tables, takes the runtime. */
#include <Python.h>

#include "mx_kernel.h"
#include "narrow.h"

const mx_runtime *mx_rt;

/* MX_TABLES(TABLE), of setup.py: TABLE(file) for each file of kernels that is in this module. */
#define DECLARE(file) extern const mx_kernel_entry mx_table_##file[];
MX_TABLES(DECLARE)
#define ADDRESS(file) mx_table_##file,
static const mx_kernel_entry *const tables[] = {MX_TABLES(ADDRESS) NULL};

static PyObject *load(PyObject *module, PyObject *runtime) {
  (void)module;
  mx_rt = PyCapsule_GetPointer(runtime, "mxlite.runtime");
  if (!mx_rt) return NULL;
  return PyCapsule_New((void *)tables, "mxlite.tables", NULL);
}

static PyObject *use_amx(PyObject *module, PyObject *nothing) {
  (void)module, (void)nothing;
  return PyBool_FromLong(narrow_use_amx());
}

static PyMethodDef methods[] = {
    {"load", load, METH_O, "load(runtime) -> capsule of the kernel tables."},
    {"use_amx", use_amx, METH_NOARGS, "use_amx() -> whether its kernels use AMX from now on."}, {0}};
static struct PyModuleDef definition = {
    PyModuleDef_HEAD_INIT, "mxlite._kernels", "CPU kernels.", -1, methods, 0, 0, 0, 0};

#define INIT_NAME(isa) INIT_NAME_(isa)
#define INIT_NAME_(isa) PyInit_cpu_##isa

PyMODINIT_FUNC INIT_NAME(MX_ISA)(void);
PyMODINIT_FUNC INIT_NAME(MX_ISA)(void) { return PyModule_Create(&definition); }
