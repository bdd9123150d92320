#pragma once

// Prometheus's text exposition format, version 0.0.4 (docs/decisions/0009-own-metrics-text.md).

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "io/http_server.hh"
#include "io/store.hh"

namespace titip {

enum class MetricType : std::uint8_t { counter, gauge };

class MetricsText {
 public:
  using Labels = std::vector<std::pair<std::string_view, std::string_view>>;

  // Begins a metric; its samples follow. Names and help are ours, and plain.
  MetricsText& metric(std::string_view name, MetricType type, std::string_view help);
  MetricsText& sample(std::uint64_t value, const Labels& labels = {});
  // A metric with one sample.
  void value(std::string_view name, MetricType type, std::string_view help, std::uint64_t value);
  std::string take() { return std::move(text_); }

 private:
  std::string text_;
  std::string name_;  // of the metric that was begun
};

// titip_store_used_bytes, titip_store_map_bytes, titip_disk_free_bytes.
void add_store_metrics(MetricsText& out, const StoreUsage& usage);

HttpResponse metrics_response(std::string text);

}  // namespace titip
