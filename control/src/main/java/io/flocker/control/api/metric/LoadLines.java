package io.flocker.control.api.metric;

import io.flocker.client.api.Load;
import io.flocker.core.load.NodeLoad;
import io.flocker.core.load.Usage;

/// How busy nodes and instances are, for Prometheus.
final class LoadLines {
    private LoadLines() {}

    /// Takes a line of the page.
    interface Line {
        void of(Metric metric, double value, String... labels);
    }

    static void write(Load load, Line line) {
        for (Load.Node node : load.nodes()) {
            NodeLoad now = node.load();
            line.of(Metric.NODE_CPU, now.used().cpuCores(), node.name());
            line.of(Metric.NODE_CORES, now.cores(), node.name());
            line.of(Metric.NODE_MEMORY, now.used().memoryBytes(), node.name());
            line.of(Metric.NODE_IO, now.used().ioBytesPerSecond(), node.name());
            line.of(Metric.NODE_NETWORK, now.used().networkBytesPerSecond(), node.name());
            line.of(Metric.NODE_POOL_FREE, now.poolFreeBytes(), node.name());
            line.of(Metric.NODE_PRESSURE, now.pressureCpu(), node.name(), "cpu");
            line.of(Metric.NODE_PRESSURE, now.pressureMemory(), node.name(), "memory");
            line.of(Metric.NODE_PRESSURE, now.pressureIo(), node.name(), "io");
        }
        for (Load.Instance instance : load.instances()) {
            Usage now = instance.usage();
            String environment = instance.environment();
            line.of(Metric.INSTANCE_CPU, now.cpuCores(), environment, instance.name());
            line.of(Metric.INSTANCE_MEMORY, now.memoryBytes(), environment, instance.name());
            line.of(Metric.INSTANCE_IO, now.ioBytesPerSecond(), environment, instance.name());
            line.of(Metric.INSTANCE_NETWORK, now.networkBytesPerSecond(), environment, instance.name());
            line.of(Metric.INSTANCE_REQUESTS, now.requestsPerSecond(), environment, instance.name());
        }
    }
}
