#include "analysis/explore/worker.h"

#include <fmt/format.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <condition_variable>
#include <cstdio>
#include <deque>
#include <memory>
#include <mutex>
#include <new>
#include <thread>

#include "analysis/store/cache.h"
#include "base/child_process.h"
#include "base/progress.h"

namespace mho::analysis {

namespace {

/// Lines of standard input. A separate thread reads them, so that the end of the input is noticed while a point is computed.
class RequestLines {
 public:
  RequestLines() : state_(std::make_shared<State>()) {
    std::thread([state = state_] { read_all(*state); }).detach();
  }

  /// The next line; empty at the end of the input.
  std::optional<std::string> next() {
    std::unique_lock lock(state_->mutex);
    state_->changed.wait(lock, [&] { return state_->ended || !state_->lines.empty(); });
    if (state_->ended || state_->lines.empty()) return std::nullopt;
    std::string line = std::move(state_->lines.front());
    state_->lines.pop_front();
    return line;
  }

 private:
  struct State {
    std::mutex mutex;
    std::condition_variable changed;
    std::deque<std::string> lines;
    bool ended = false;
  };

  /// At the end of the input, the parent process has ended or needs no more points: the present computation is interrupted.
  static void read_all(State& state) {
    std::string text;
    std::array<char, 65536> buffer{};
    for (;;) {
      const ssize_t got = read(STDIN_FILENO, buffer.data(), buffer.size());
      if (got < 0 && errno == EINTR) continue;
      if (got <= 0) break;
      text.append(buffer.data(), static_cast<std::size_t>(got));
      for (std::size_t end = text.find('\n'); end != std::string::npos; end = text.find('\n')) {
        const std::lock_guard lock(state.mutex);
        state.lines.push_back(text.substr(0, end));
        state.changed.notify_one();
        text.erase(0, end + 1);
      }
    }
    {
      const std::lock_guard lock(state.mutex);
      state.ended = true;
    }
    base::request_interrupt();
    state.changed.notify_one();
    constexpr std::chrono::seconds patience{60};
    std::this_thread::sleep_for(patience);
    _exit(static_cast<int>(base::ExitCode::interrupted));
  }

  std::shared_ptr<State> state_;
};

void say(const WorkerWord& word) {
  const std::string line = line_of(word) + "\n";
  // If the write fails, the parent process has ended, and the standard input of this one ends too.
  if (std::fwrite(line.data(), 1, line.size(), stdout) == line.size()) static_cast<void>(std::fflush(stdout));
}

class Worker {
 public:
  Worker(WorkerTask task, std::string_view built_in)
      : task_(std::move(task)),
        cache_(task_.database),
        evaluator_(task_.task, built_in, task_.cache ? &cache_ : nullptr),
        store_(task_.database),
        label_{.name = task_.name, .tags = task_.tags} {
    label_.keep_inputs = task_.keep_inputs;
  }

  /// Whether this process ran out of memory. A new process should continue, because this one may not return all of its memory.
  [[nodiscard]] bool is_exhausted() const { return exhausted_; }

  /// Computes the points. Throws Interrupted after the finished points are stored.
  void serve(const std::vector<NumberedPoint>& points) {
    std::vector<PointStore::Kept> done;
    try {
      for (const NumberedPoint& point : points) {
        base::check_interrupt();
        say({.kind = WorkerWord::Kind::begun, .number = point.number});
        done.push_back({point, evaluated(point)});
        say({.kind = WorkerWord::Kind::evaluated, .number = point.number, .evaluation = done.back().done.evaluation});
        if (exhausted_) break;
      }
    } catch (const base::Interrupted&) {
      base::acknowledge_interrupt();
      store(done);
      throw;
    }
    store(done);
  }

 private:
  EvaluatedPoint evaluated(const NumberedPoint& point) {
    try {
      EvaluatedPoint done = found_or_computed(point);
      exhausted_ = done.evaluation.out_of_memory;
      return done;
    } catch (const std::bad_alloc&) {
      // The memory ran out while the point was read or prepared.
      exhausted_ = true;
      EvaluatedPoint done{.design = std::nullopt, .outcome = RefusedRun{}, .info = SimulationInfo{}, .evaluation = {}};
      done.evaluation.reason = "out of memory before anything was computed; fewer --jobs leave more for each";
      done.evaluation.exit_code = base::ExitCode::failed_check;
      return done;
    }
  }

  EvaluatedPoint found_or_computed(const NumberedPoint& point) {
    LocalEvaluator::Prepared prepared = evaluator_.prepare(point.point);
    if (auto found = store_.find(prepared)) {
      EvaluatedPoint done{.design = std::nullopt, .outcome = prepared.known, .info = prepared.info, .evaluation = std::move(*found)};
      return done;
    }
    return evaluator_.compute(std::move(prepared));
  }

  void store(std::vector<PointStore::Kept>& done) {
    store_.keep(task_.exploration, done, label_);
    WorkerWord word{.kind = WorkerWord::Kind::stored};
    for (const PointStore::Kept& kept : done) word.runs.emplace_back(kept.point.number, kept.done.evaluation.run);
    say(word);
  }

  WorkerTask task_;
  StoredCache cache_;
  LocalEvaluator evaluator_;
  PointStore store_;
  Label label_;
  bool exhausted_ = false;
};

}  // namespace

int serve_points(std::string_view built_in_network) {
  const base::BrokenPipesIgnored stays;
  RequestLines lines;
  try {
    const std::optional<std::string> first = lines.next();
    if (!first) return static_cast<int>(base::ExitCode::ok);
    Worker worker(worker_task(*first), built_in_network);
    while (const std::optional<std::string> line = lines.next()) {
      worker.serve(numbered_points(*line));
      if (worker.is_exhausted()) break;
    }
    return static_cast<int>(base::ExitCode::ok);
  } catch (const base::UserError& error) {
    if (error.code() != base::ExitCode::interrupted) say({.kind = WorkerWord::Kind::failed, .reason = error.what(), .exit_code = error.code()});
    return static_cast<int>(error.code());
  }
}

}  // namespace mho::analysis
