// The mathematics of the C library: glibc natively, wasi-libc in a component. They differ in the last bit
// for some arguments, so results that must agree everywhere are rounded, or computed in the sandbox.
//
// The functions are declared here, because no header of a C library is at hand when a component is compiled.
#pragma once

double sin(double radians);
double cos(double radians);
double asin(double value);
double acos(double value);
double atan2(double y, double x);
double pow(double base, double exponent);
double fmod(double dividend, double divisor);
double log10(double value);
