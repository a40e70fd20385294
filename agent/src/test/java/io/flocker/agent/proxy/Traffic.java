package io.flocker.agent.proxy;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/// Clients that send one request after the other until they are stopped.
final class Traffic implements AutoCloseable {
    final AtomicInteger answered = new AtomicInteger();
    final AtomicLong slowestMillis = new AtomicLong();
    final ConcurrentLinkedQueue<String> failures = new ConcurrentLinkedQueue<>();
    private final List<Thread> threads = new ArrayList<>();
    private volatile boolean running = true;

    /// What a client does again and again; what it returns is a failure unless it is empty.
    interface Request {
        String run() throws IOException;
    }

    /// One client's requests.
    interface Client {
        Request open() throws IOException;
    }

    static Traffic http(int clients, int port, String host) {
        return new Traffic(clients, () -> {
            var connection = new HttpConnection(port);
            return () -> {
                var answer = connection.get(host);
                return answer.status() == 200 ? "" : answer.status() + " " + answer.body();
            };
        });
    }

    Traffic(int clients, Client client) {
        for (int i = 0; i < clients; i++) {
            threads.add(Thread.startVirtualThread(() -> run(client)));
        }
    }

    private void run(Client client) {
        try {
            Request request = client.open();
            while (running) {
                long before = System.nanoTime();
                String wrong = request.run();
                slowestMillis.accumulateAndGet((System.nanoTime() - before) / 1_000_000, Math::max);
                if (!wrong.isEmpty()) {
                    failures.add(wrong);
                }
                answered.incrementAndGet();
            }
        } catch (IOException e) {
            failures.add(e.toString());
        }
    }

    /// Waits for the last answers.
    void end() {
        running = false;
        for (Thread thread : threads) {
            try {
                thread.join(30_000);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    @Override
    public void close() {
        end();
    }
}
