#include "analysis/explore/worker_pool.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/write.hpp>
#include <chrono>
#include <csignal>
#include <map>
#include <optional>

#include "base/child_process.h"
#include "base/progress.h"

namespace mho::analysis {

namespace asio = boost::asio;

namespace {

/// One worker process and its points.
class WorkerProcess {
 public:
  WorkerProcess(asio::io_context& context, base::StartedChild child)
      : child_(child), input_(context, child.input), output_(context, child.output), error_(context, child.error) {}

  base::StartedChild child_;
  asio::posix::stream_descriptor input_, output_, error_;
  std::array<char, 65536> read_{};
  std::array<char, 4096> heard_{};
  std::string text_{};                              ///< its output after the last complete line
  std::string last_words_{};                        ///< its standard error
  std::string first_line_{};                        ///< the task, until it is written
  std::vector<NumberedPoint> points_{};             ///< points that are not stored yet
  std::map<std::int64_t, Evaluation> evaluated_{};  ///< evaluations of these points
  std::optional<std::int64_t> begun_{};             ///< the point that is being evaluated
  bool closing_ = false;                            ///< the worker is asked to end
  bool closed_output_ = false, closed_error_ = false;
  bool told_ = false;  ///< the worker is asked to end by the interrupt
  bool ever_begun_ = false;
};

std::string last_line(const std::string& text) {
  std::size_t end = text.find_last_not_of(" \n\r");
  if (end == std::string::npos) return "";
  const std::size_t begin = text.find_last_of("\n\r", end);
  return text.substr(begin == std::string::npos ? 0 : begin + 1, end - (begin == std::string::npos ? 0 : begin + 1) + 1);
}

}  // namespace

class WorkerPool::Implementation {
 public:
  explicit Implementation(Settings settings) : settings_(std::move(settings)), timer_(context_) {}

  ~Implementation() {
    try {
      end_all();
    } catch (const std::exception&) {
      // A worker may have written an invalid line. It ends in any case, because its input is closed.
    }
  }

  void run(const Work& work) {
    work_ = &work;
    failure_.reset();
    interrupted_ = false;
    tick();
    fill();
    context_.restart();
    try {
      while (busy() && context_.run_one() > 0) {
      }
    } catch (...) {
      failed_run();
      throw;
    }
    timer_.cancel();
    work_ = nullptr;
    if (failure_) {
      end_all();
      throw *failure_;
    }
    if (interrupted_ || base::is_interrupted()) {
      end_all();
      throw base::Interrupted();
    }
  }

  [[nodiscard]] int deaths() const { return deaths_; }

 private:
  [[nodiscard]] bool busy() const {
    return std::ranges::any_of(workers_, [](const auto& worker) { return worker->closing_ || !worker->points_.empty(); });
  }
  /// After an exception: workers store their finished points and end; their answers are ignored.
  void failed_run() {
    work_ = nullptr;
    interrupted_ = true;
    timer_.cancel();
    end_all();
  }

  [[nodiscard]] bool ending() const { return interrupted_ || failure_.has_value(); }

  void tick() {
    if (work_ != nullptr && work_->tick) work_->tick();
    if (base::is_interrupted()) interrupt();
    constexpr std::chrono::milliseconds pause{100};
    timer_.expires_after(pause);
    timer_.async_wait([this](const boost::system::error_code& error) {
      if (!error) tick();
    });
  }

  /// Asks the workers to store their finished points and to end.
  void interrupt() {
    interrupted_ = true;
    for (const auto& worker : workers_) {
      if (worker->told_) continue;
      worker->told_ = true;
      close(*worker);
    }
  }

  static void close(WorkerProcess& worker) {
    worker.closing_ = true;
    boost::system::error_code ignored;
    worker.input_.close(ignored);
  }

  /// Gives every idle worker its next points, and starts workers while there are points.
  void fill() {
    if (work_ == nullptr || ending()) return;
    for (std::size_t i = 0; i < workers_.size(); ++i) {
      WorkerProcess& worker = *workers_[i];
      if (!worker.closing_ && worker.points_.empty()) give(worker, work_->next());
    }
    while (static_cast<int>(workers_.size()) < settings_.jobs) {
      std::vector<NumberedPoint> points = work_->next();
      if (points.empty()) return;
      start();
      give(*workers_.back(), std::move(points));
    }
  }

  void start() {
    workers_.push_back(std::make_unique<WorkerProcess>(context_, base::start_child(settings_.program, settings_.arguments)));
    WorkerProcess& worker = *workers_.back();
    worker.first_line_ = line_of(settings_.task) + "\n";
    hear(worker);
    hear_errors(worker);
  }

  void give(WorkerProcess& worker, std::vector<NumberedPoint> points) {
    if (points.empty()) return;
    const auto text = std::make_shared<std::string>(worker.first_line_ + line_of(points) + "\n");
    worker.first_line_.clear();
    worker.points_ = std::move(points);
    asio::async_write(worker.input_, asio::buffer(*text), [text](const boost::system::error_code&, std::size_t) {});
  }

  void hear(WorkerProcess& worker) {
    worker.output_.async_read_some(asio::buffer(worker.read_), [this, &worker](const boost::system::error_code& error, std::size_t count) {
      if (error) {
        worker.closed_output_ = true;
        return end_if_closed(worker);
      }
      worker.text_.append(worker.read_.data(), count);
      std::size_t begin = 0;
      for (std::size_t end = worker.text_.find('\n'); end != std::string::npos; end = worker.text_.find('\n', begin)) {
        take(worker, worker.text_.substr(begin, end - begin));
        begin = end + 1;
      }
      worker.text_.erase(0, begin);
      hear(worker);
    });
  }

  void hear_errors(WorkerProcess& worker) {
    worker.error_.async_read_some(asio::buffer(worker.heard_), [this, &worker](const boost::system::error_code& error, std::size_t count) {
      if (error) {
        worker.closed_error_ = true;
        return end_if_closed(worker);
      }
      constexpr std::size_t most = 4096;
      worker.last_words_.append(worker.heard_.data(), count);
      if (worker.last_words_.size() > most) worker.last_words_.erase(0, worker.last_words_.size() - most);
      hear_errors(worker);
    });
  }

  NumberedPoint* point_of(WorkerProcess& worker, std::int64_t number) {
    const auto found = std::ranges::find(worker.points_, number, &NumberedPoint::number);
    return found == worker.points_.end() ? nullptr : &*found;
  }

  void take(WorkerProcess& worker, const std::string& line) {
    const WorkerWord word = worker_word(line);
    switch (word.kind) {
      case WorkerWord::Kind::begun:
        worker.begun_ = word.number;
        worker.ever_begun_ = true;
        silent_deaths_ = 0;
        break;
      case WorkerWord::Kind::evaluated:
        worker.begun_.reset();
        worker.evaluated_[word.number] = word.evaluation;
        if (const NumberedPoint* point = point_of(worker, word.number); point != nullptr && work_ != nullptr && work_->evaluated)
          work_->evaluated(*point, word.evaluation);
        break;
      case WorkerWord::Kind::stored:
        for (const auto& [number, run] : word.runs) {
          const NumberedPoint* point = point_of(worker, number);
          if (point == nullptr) continue;
          if (work_ != nullptr && work_->stored) work_->stored(*point, run);
          worker.points_.erase(worker.points_.begin() + (point - worker.points_.data()));
          worker.evaluated_.erase(number);
        }
        if (settings_.one_point_each || worker.closing_) {
          close(worker);
        } else {
          fill();
        }
        break;
      case WorkerWord::Kind::failed:
        if (!failure_) failure_.emplace(word.reason, word.exit_code);
        for (const auto& other : workers_) close(*other);
        break;
    }
  }

  void end_if_closed(WorkerProcess& worker) {
    if (!worker.closed_output_ || !worker.closed_error_) return;
    const int status = base::ended(worker.child_);
    const auto place = std::ranges::find_if(workers_, [&](const auto& one) { return one.get() == &worker; });
    const std::unique_ptr<WorkerProcess> gone = std::move(*place);
    workers_.erase(place);
    if (!gone->points_.empty()) give_back(*gone, status);
    fill();
  }

  /// Returns the points of a worker that ended to the schedule. A point at which two workers died is reported as failed.
  void give_back(WorkerProcess& worker, int status) {
    std::vector<NumberedPoint> again;
    if (!ending()) {
      ++deaths_;
      constexpr int most_silent = 3;
      if (!worker.ever_begun_ && ++silent_deaths_ >= most_silent) {
        failure_.emplace(fmt::format("workers end before they begin a point (status {}){}", status, words_of(worker)), base::ExitCode::failed_check);
        for (const auto& other : workers_) close(*other);
      }
    }
    for (NumberedPoint& point : worker.points_) {
      const bool to_blame = !ending() && worker.begun_ == point.number;
      if (!to_blame || ++tried_[point.number] < 2) {
        again.push_back(std::move(point));
        continue;
      }
      constexpr int signalled = 128;
      const std::string how = status > signalled ? fmt::format("signal {}", status - signalled) : fmt::format("status {}", status);
      Evaluation evaluation;
      evaluation.reason =
          fmt::format("its process ended with {}, twice{}{}", how, status == signalled + SIGKILL ? " (out of memory?)" : "", words_of(worker));
      evaluation.exit_code = base::ExitCode::failed_check;
      if (work_ != nullptr && work_->died) work_->died(point, evaluation);
    }
    if (!again.empty() && work_ != nullptr && work_->returned) work_->returned(std::move(again));
  }

  static std::string words_of(const WorkerProcess& worker) {
    const std::string words = last_line(worker.last_words_);
    return words.empty() ? "" : ": " + words;
  }

  /// Ends all workers and waits for them.
  void end_all() {
    for (const auto& worker : workers_) close(*worker);
    context_.restart();
    while (!workers_.empty() && context_.run_one() > 0) {
    }
    // Workers whose end was not handled because of an exception.
    for (const auto& worker : workers_) {
      boost::system::error_code ignored;
      worker->output_.close(ignored);
      base::ended(worker->child_);
    }
    workers_.clear();
  }

  Settings settings_;
  base::BrokenPipesIgnored no_signals_;
  asio::io_context context_;
  asio::steady_timer timer_;
  std::vector<std::unique_ptr<WorkerProcess>> workers_;
  const Work* work_ = nullptr;
  std::map<std::int64_t, int> tried_;  ///< by point: workers that died at it
  std::optional<base::UserError> failure_;
  bool interrupted_ = false;
  int deaths_ = 0;
  int silent_deaths_ = 0;
};

WorkerPool::WorkerPool(Settings settings) : implementation_(std::make_unique<Implementation>(std::move(settings))) {}
WorkerPool::~WorkerPool() = default;
void WorkerPool::run(const Work& work) { implementation_->run(work); }
int WorkerPool::deaths() const { return implementation_->deaths(); }

}  // namespace mho::analysis
