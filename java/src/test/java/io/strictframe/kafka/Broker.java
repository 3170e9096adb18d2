package io.strictframe.kafka;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.Uuid;

/** One real Kafka broker in a process of its own, in a directory that the test owns. */
final class Broker {
    private static final int STARTS_WITHIN_SECONDS = 120;

    private final Process process;
    private final String address;

    private Broker(Process process, String address) {
        this.process = process;
        this.address = address;
    }

    static Broker start(Path directory) throws IOException, InterruptedException {
        int port = freePort();
        int controller = freePort();
        Path properties = directory.resolve("server.properties");
        Files.write(properties, List.of(
            "process.roles=broker,controller", "node.id=1", "controller.quorum.voters=1@127.0.0.1:" + controller,
            "listeners=PLAINTEXT://127.0.0.1:" + port + ",CONTROLLER://127.0.0.1:" + controller,
            "controller.listener.names=CONTROLLER", "log.dirs=" + directory.resolve("data"),
            "offsets.topic.replication.factor=1", "offsets.topic.num.partitions=1", "group.initial.rebalance.delay.ms=0",
            "auto.create.topics.enable=false"));
        run(directory, "kafka.tools.StorageTool", "format", "-t", Uuid.randomUuid().toString(), "-c", properties.toString())
            .waitFor();
        Broker broker = new Broker(run(directory, "kafka.Kafka", properties.toString()), "127.0.0.1:" + port);
        try {
            broker.awaitAnswer(directory.resolve("kafka.Kafka.log"));
            return broker;
        } catch (RuntimeException | InterruptedException failed) {
            broker.stop();
            throw failed;
        }
    }

    String address() {
        return address;
    }

    private void awaitAnswer(Path log) throws InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(STARTS_WITHIN_SECONDS);
        try (Admin admin = Admin.create(Map.<String, Object>of("bootstrap.servers", address))) {
            while (true) {
                try {
                    admin.describeCluster().nodes().get(5, TimeUnit.SECONDS);
                    return;
                } catch (ExecutionException | TimeoutException notYet) {
                    if (!process.isAlive() || System.nanoTime() > deadline) {
                        throw new IllegalStateException("the broker does not answer, see " + log, notYet);
                    }
                }
            }
        }
    }

    private static Process run(Path directory, String main, String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xmx512m", "-cp", System.getProperty("java.class.path"), main));
        command.addAll(List.of(arguments));
        return new ProcessBuilder(command).redirectErrorStream(true)
            .redirectOutput(directory.resolve(main + ".log").toFile()).start();
    }

    private static int freePort() {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        } catch (IOException none) {
            throw new UncheckedIOException(none);
        }
    }

    void stop() throws InterruptedException {
        process.destroy();
        if (!process.waitFor(30, TimeUnit.SECONDS)) {
            process.destroyForcibly().waitFor();
        }
    }
}
