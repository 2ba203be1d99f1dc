#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "analysis/explore/point_store.h"

namespace mho::analysis {

/// Key of the group of points that have the same accuracy, judged by the names of their keys.
std::string sharing_group(const NumberedPoint& point);

/// Order in which points are handed out. Points that share a computation, such as an accuracy, are a group: its first point runs alone, and the
/// others wait until it is stored.
class Schedule {
 public:
  /// `shares`: whether points share computations. `largest`: most points handed out at once.
  Schedule(std::vector<NumberedPoint> points, bool shares, int jobs, std::size_t largest);
  /// The next points for a worker; empty: none now.
  std::vector<NumberedPoint> next();
  /// Reports the time of an evaluated point, which sets how many points are handed out at once.
  void evaluated(double seconds);
  /// Reports a stored point: the other points of its group may be handed out.
  void stored(const NumberedPoint& point);
  /// Takes back points that were handed out and must be handed out again.
  void returned(std::vector<NumberedPoint> points);

 private:
  enum class State { fresh, led, open };
  struct Group {
    State state = State::fresh;
    std::map<std::int64_t, NumberedPoint> waiting{};
  };
  [[nodiscard]] std::string group_of(const NumberedPoint& point) const { return shares_ ? sharing_group(point) : ""; }
  [[nodiscard]] std::size_t share() const;

  bool shares_;
  std::size_t jobs_, largest_;
  std::size_t waiting_ = 0;
  std::map<std::string, Group> groups_;
  std::set<std::pair<std::int64_t, std::string>> fresh_, open_;  ///< groups with points that may be handed out, by their first point
  double seconds_ = 0;
  std::int64_t done_ = 0;
};

}  // namespace mho::analysis
