package io.flocker.agent.converge;

import java.io.IOException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantReadWriteLock;

/// Keeps containers from starting in an environment while it stands still: what is not frozen would write.
final class Starts {
    private final Map<String, ReentrantReadWriteLock> locks = new ConcurrentHashMap<>();

    /// Something that may fail as the outside world does.
    @FunctionalInterface
    interface Doing<T> {
        T run() throws IOException, InterruptedException;
    }

    /// Starts containers; waits while the environment stands still.
    ///
    /// @param instance the key of the instance, which begins with its environment
    void of(String instance, Doing<?> start) throws IOException, InterruptedException {
        String environment = instance.substring(0, instance.indexOf('/'));
        holding(lock(environment).readLock(), start);
    }

    /// Does something while nothing starts in `environment`, once what was being started is.
    <T> T without(String environment, Doing<T> action) throws IOException, InterruptedException {
        return holding(lock(environment).writeLock(), action);
    }

    private ReentrantReadWriteLock lock(String environment) {
        return locks.computeIfAbsent(environment, _ -> new ReentrantReadWriteLock());
    }

    private static <T> T holding(Lock lock, Doing<T> action) throws IOException, InterruptedException {
        lock.lockInterruptibly();
        try {
            return action.run();
        } finally {
            lock.unlock();
        }
    }
}
