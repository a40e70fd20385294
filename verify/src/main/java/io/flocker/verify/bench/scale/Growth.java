package io.flocker.verify.bench.scale;

/// What a cluster of one size costs the planner: times are processor time of the thread that plans, which has the
/// machine for itself only if nothing else runs there.
///
/// @param placedMillis until every instance had a place
/// @param lookMillis for one look at a cluster where nothing is due
/// @param againMillis until all had another place when nodes were lost
/// @param heapBytes that the state and the planner take
record Growth(int nodes, int instances, double placedMillis, double lookMillis, double againMillis, long heapBytes) {
    private static final int LOOKS = 5;

    double perSecond() {
        return instances / placedMillis * 1_000;
    }

    /// Measures it.
    ///
    /// @param perMille how many of a thousand nodes are lost
    static Growth of(int nodes, int instances, int perMille) {
        long before = usedBytes();
        var fleet = new Fleet(nodes, instances);
        long begun = Processor.ofThisThread();
        fleet.place();
        double placed = millisSince(begun);
        expect(instances, fleet);
        fleet.report();
        fleet.settle();
        long heap = usedBytes() - before;
        long looking = Processor.ofThisThread();
        for (int look = 0; look < LOOKS; look++) {
            fleet.look();
        }
        double look = millisSince(looking) / LOOKS;
        fleet.lose(perMille);
        long losing = Processor.ofThisThread();
        fleet.settle();
        double again = millisSince(losing);
        expect(instances, fleet);
        return new Growth(nodes, instances, placed, look, again, heap);
    }

    private static double millisSince(long nanos) {
        return (Processor.ofThisThread() - nanos) / 1e6;
    }

    private static void expect(int instances, Fleet fleet) {
        if (fleet.instances() != instances) {
            throw new IllegalStateException("Of " + instances + " instances, " + fleet.instances() + " have a place");
        }
    }

    /// What lives in the heap.
    static long usedBytes() {
        System.gc();
        Runtime runtime = Runtime.getRuntime();
        return runtime.totalMemory() - runtime.freeMemory();
    }
}
