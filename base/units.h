#pragma once

#include <compare>

namespace mho::base {

/// A physical quantity in SI units with its dimension (mass, length, time, current exponents) in the type.
/// Products and quotients carry the right dimension; a dimensionless result is a plain double.
template <int Mass, int Length, int Time, int Current>
class Quantity {
 public:
  constexpr Quantity() = default;
  /// `si`: value in the coherent SI unit of this dimension (J, W, m2, s, S, V, ...).
  constexpr explicit Quantity(double si) : si_(si) {}
  [[nodiscard]] constexpr double si() const { return si_; }
  constexpr auto operator<=>(const Quantity&) const = default;
  constexpr Quantity operator-() const { return Quantity(-si_); }
  constexpr Quantity& operator+=(Quantity other) {
    si_ += other.si_;
    return *this;
  }
  constexpr Quantity& operator-=(Quantity other) {
    si_ -= other.si_;
    return *this;
  }
  constexpr Quantity& operator*=(double factor) {
    si_ *= factor;
    return *this;
  }
  friend constexpr Quantity operator+(Quantity a, Quantity b) { return Quantity(a.si_ + b.si_); }
  friend constexpr Quantity operator-(Quantity a, Quantity b) { return Quantity(a.si_ - b.si_); }
  friend constexpr Quantity operator*(Quantity a, double f) { return Quantity(a.si_ * f); }
  friend constexpr Quantity operator*(double f, Quantity a) { return Quantity(a.si_ * f); }
  friend constexpr Quantity operator/(Quantity a, double f) { return Quantity(a.si_ / f); }

 private:
  double si_ = 0.0;
};

template <int M, int L, int T, int I>
constexpr auto make_quantity(double si) {
  if constexpr (M == 0 && L == 0 && T == 0 && I == 0) {
    return si;
  } else {
    return Quantity<M, L, T, I>(si);
  }
}

template <int M, int L, int T, int I, int M2, int L2, int T2, int I2>
constexpr auto operator*(Quantity<M, L, T, I> a, Quantity<M2, L2, T2, I2> b) {
  return make_quantity<M + M2, L + L2, T + T2, I + I2>(a.si() * b.si());
}

template <int M, int L, int T, int I, int M2, int L2, int T2, int I2>
constexpr auto operator/(Quantity<M, L, T, I> a, Quantity<M2, L2, T2, I2> b) {
  return make_quantity<M - M2, L - L2, T - T2, I - I2>(a.si() / b.si());
}

using Duration = Quantity<0, 0, 1, 0>;
using Frequency = Quantity<0, 0, -1, 0>;
using Area = Quantity<0, 2, 0, 0>;
using Length = Quantity<0, 1, 0, 0>;
using Energy = Quantity<1, 2, -2, 0>;
using Power = Quantity<1, 2, -3, 0>;
using Voltage = Quantity<1, 2, -3, -1>;
using Conductance = Quantity<-1, -2, 3, 2>;
using Resistance = Quantity<1, 2, -3, -2>;
using Capacitance = Quantity<-1, -2, 4, 2>;

namespace unit {
inline constexpr Duration second{1.0}, millisecond{1e-3}, microsecond{1e-6}, nanosecond{1e-9}, picosecond{1e-12};
inline constexpr Frequency hertz{1.0}, megahertz{1e6}, gigahertz{1e9};
inline constexpr Area square_metre{1.0}, square_millimetre{1e-6}, square_micrometre{1e-12};
inline constexpr Length metre{1.0}, millimetre{1e-3}, micrometre{1e-6}, nanometre{1e-9};
inline constexpr Energy joule{1.0}, nanojoule{1e-9}, picojoule{1e-12}, femtojoule{1e-15};
inline constexpr Power watt{1.0}, milliwatt{1e-3}, microwatt{1e-6}, nanowatt{1e-9};
inline constexpr Voltage volt{1.0};
inline constexpr Conductance siemens{1.0}, microsiemens{1e-6};
inline constexpr Resistance ohm{1.0};
inline constexpr Capacitance farad{1.0}, femtofarad{1e-15};
}  // namespace unit

}  // namespace mho::base
