#include "io/metrics_text.hh"

namespace titip {

namespace {

void append_label_value(std::string& text, std::string_view value) {
  for (const char c : value) {
    switch (c) {
      case '\\': text += "\\\\"; break;
      case '"': text += "\\\""; break;
      case '\n': text += "\\n"; break;
      default: text.push_back(c);
    }
  }
}

}  // namespace

MetricsText& MetricsText::metric(std::string_view name, MetricType type, std::string_view help) {
  name_ = name;
  text_.append("# HELP ").append(name).append(" ").append(help).append("\n");
  text_.append("# TYPE ").append(name);
  text_ += type == MetricType::counter ? " counter\n" : " gauge\n";
  return *this;
}

MetricsText& MetricsText::sample(std::uint64_t value, const Labels& labels) {
  text_ += name_;
  char before = '{';
  for (const auto& [label, content] : labels) {
    text_.push_back(before);
    text_.append(label).append("=\"");
    append_label_value(text_, content);
    text_.push_back('"');
    before = ',';
  }
  if (!labels.empty()) text_.push_back('}');
  text_.append(" ").append(std::to_string(value)).append("\n");
  return *this;
}

void MetricsText::value(std::string_view name, MetricType type, std::string_view help,
                        std::uint64_t value) {
  metric(name, type, help).sample(value);
}

void add_store_metrics(MetricsText& out, const StoreUsage& usage) {
  out.value("titip_store_used_bytes", MetricType::gauge, "Bytes of the store's map in use.",
            usage.used_bytes);
  out.value("titip_store_map_bytes", MetricType::gauge, "The most the store may grow to.",
            usage.map_bytes);
  out.value("titip_disk_free_bytes", MetricType::gauge, "Free on the store's disk.",
            usage.free_disk_bytes);
}

HttpResponse metrics_response(std::string text) {
  HttpResponse response;
  response.content_type = "text/plain; version=0.0.4";
  response.body = std::move(text);
  return response;
}

}  // namespace titip
