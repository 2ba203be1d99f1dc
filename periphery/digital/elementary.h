#pragma once

namespace mho::periphery::digital {

/// exp, logistic function and hyperbolic tangent, relative error below 1e-6 (rounded once from double precision). No C library transcendental is
/// called, so every machine gives the same bits.
float exponential(float x);
float sigmoid(float x);
float tanh(float x);
/// The same in double precision, relative error below 1e-12.
double hyperbolic_tangent(double x);

}  // namespace mho::periphery::digital
