#include "apps/terminal/training_display.hpp"

#include <cstdio>

#include "apps/interrupt.hpp"

namespace apps {
namespace {

using engine::EpochMetrics;

EpochMetrics mean(const std::vector<EpochMetrics>& metrics) {
  EpochMetrics sum{metrics.front().epoch, 0, 0, 0, 0};
  const auto count = static_cast<double>(metrics.size());
  for (const EpochMetrics& m : metrics) {
    sum.train_loss += m.train_loss / count;
    sum.test_loss += m.test_loss / count;
    sum.train_acc += m.train_acc / count;
    sum.test_acc += m.test_acc / count;
  }
  return sum;
}

/// For the bar, which has 80 columns for all.
std::string short_figures(const std::vector<EpochMetrics>& metrics) {
  const EpochMetrics m = mean(metrics);
  char text[64];
  std::snprintf(text, sizeof(text), "loss %.2e/%.2e  acc %.3f/%.3f", m.train_loss, m.test_loss, m.train_acc,
                m.test_acc);
  return text;
}

}  // namespace

std::string figures(const std::vector<EpochMetrics>& metrics) {
  const EpochMetrics m = mean(metrics);
  char text[128];
  std::snprintf(text, sizeof(text), "train loss %.3e  test loss %.3e  train acc %.4f  test acc %.4f",
                m.train_loss, m.test_loss, m.train_acc, m.test_acc);
  return text;
}

bool TrainingDisplay::checkpoint(std::span<const engine::TrainingRun* const> runs) {
  std::vector<EpochMetrics> metrics;
  for (const engine::TrainingRun* run : runs) metrics.push_back(*run->latest);
  shown_ = short_figures(metrics);
  progress_->line(metrics.front().epoch + 1, figures(metrics), seconds_);
  return true;
}

bool TrainingDisplay::progress(std::int64_t updates, double seconds) {
  seconds_ = seconds;
  if (!progress_) progress_.emplace(epochs_, updates, seconds, quiet_);
  if (progress_->due(seconds)) progress_->redraw(updates, shown_, seconds);
  return !interrupted();
}

}  // namespace apps
