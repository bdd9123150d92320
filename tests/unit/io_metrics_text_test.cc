#include "io/metrics_text.hh"

#include <gtest/gtest.h>

#include <limits>

namespace titip {
namespace {

TEST(MetricsText, IsPrometheusTextWithHelpAndTypeBeforeItsSamples) {
  MetricsText out;
  out.metric("titip_events_saved_total", MetricType::counter, "Events durable on this device.")
      .sample(3, {{"lane", "urgent"}})
      .sample(40, {{"lane", "routine"}});
  out.value("titip_link_connected", MetricType::gauge, "1 while connected.", 1);
  EXPECT_EQ(out.take(),
            "# HELP titip_events_saved_total Events durable on this device.\n"
            "# TYPE titip_events_saved_total counter\n"
            "titip_events_saved_total{lane=\"urgent\"} 3\n"
            "titip_events_saved_total{lane=\"routine\"} 40\n"
            "# HELP titip_link_connected 1 while connected.\n"
            "# TYPE titip_link_connected gauge\n"
            "titip_link_connected 1\n");
}

TEST(MetricsText, EscapesWhatALabelsValueMayNotHold) {
  MetricsText out;
  out.metric("m", MetricType::gauge, "h.").sample(0, {{"a", "x\"y\\z\nw"}, {"b", "é"}});
  EXPECT_EQ(out.take(), "# HELP m h.\n# TYPE m gauge\nm{a=\"x\\\"y\\\\z\\nw\",b=\"é\"} 0\n");
}

TEST(MetricsText, PrintsWholeNumbersExactly) {
  MetricsText out;
  out.value("m", MetricType::gauge, "h.", std::numeric_limits<std::uint64_t>::max());
  EXPECT_TRUE(out.take().ends_with("m 18446744073709551615\n"));
}

TEST(MetricsText, IsServedAsPrometheusExpects) {
  const auto response = metrics_response("m 1\n");
  EXPECT_EQ(response.content_type, "text/plain; version=0.0.4");
  EXPECT_EQ(response.body, "m 1\n");
}

}  // namespace
}  // namespace titip
