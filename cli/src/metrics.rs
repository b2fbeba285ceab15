//! The exporter of metrics: every one of the table is described, and rendered when it is asked for.

use std::sync::Arc;

use anyhow::Context;
use metrics::Unit;
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder};
use stet_api::MetricsText;
use stet_coord::FlightMeter;
use stet_domain::Provider;
use stet_domain::metric::{Metric, MetricKind};

/// Upper bounds of the buckets of seconds: an operation takes milliseconds, a provider up to minutes.
const SECONDS: [f64; 14] = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 120.0];

/// How often what was observed is sorted into its buckets, asked for or not.
const UPKEEP: std::time::Duration = std::time::Duration::from_secs(5);

/// Starts to collect; of a second start in one process nothing is left but the first.
pub(crate) fn start() -> anyhow::Result<MetricsText> {
    let mut builder = PrometheusBuilder::new();
    for metric in Metric::ALL.iter().filter(|metric| metric.kind() == MetricKind::Histogram) {
        builder = builder
            .set_buckets_for_metric(Matcher::Full(metric.name().to_owned()), &SECONDS)
            .context("the buckets of a histogram are refused")?;
    }
    let recorder = builder.build_recorder();
    let handle = recorder.handle();
    metrics::set_global_recorder(recorder).context("metrics are collected already")?;
    for metric in Metric::ALL {
        match metric.kind() {
            MetricKind::Counter => metrics::describe_counter!(metric.name(), metric.doc()),
            MetricKind::Gauge => metrics::describe_gauge!(metric.name(), metric.doc()),
            MetricKind::Histogram => {
                metrics::describe_histogram!(metric.name(), Unit::Seconds, metric.doc());
            }
        }
    }
    let kept = handle.clone();
    tokio::spawn(async move {
        let mut tick = tokio::time::interval(UPKEEP);
        loop {
            tick.tick().await;
            kept.run_upkeep();
        }
    });
    Ok(MetricsText::new(Arc::new(move || handle.render())))
}

/// Counts the leads of single-flight.
pub(crate) struct FlightCounter;

impl FlightMeter for FlightCounter {
    fn lock_taken(&self, provider: Provider) {
        metrics::counter!(Metric::SingleFlightLocks.name(), "provider" => provider.as_str()).increment(1);
    }
}
