package io.londiste.install;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.gson.JsonObject;
import io.londiste.install.Manifests.Container;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What the Kubernetes manifests name is run without a cluster: the commands in the image, as the user, with the files and
 * the environment of the pods, and the probes. An address of the loopback network stands for each pod's.
 */
class KubernetesIT extends InstallFixture {
    private static final Duration PATIENCE = Duration.ofMinutes(1);

    private final HttpClient client = HttpClient.newHttpClient();
    private final List<Foreground> pods = new ArrayList<>();
    private PrivateMachine machine;
    private ContainerImage image;

    @TempDir
    Path changes;

    @TempDir
    Path directory;

    /** Puts the files of config map and secret where the containers have them; the secret's connections are the test's. */
    private void mount(Container container) throws Exception {
        for (var mount : container.mounts().entrySet()) {
            var source = mount.getKey().split(" ");
            if (source.length == 2) {
                machine.succeed("mkdir -p " + mount.getValue());
                files(Manifests.one(source[0], source[1]), mount.getValue());
            }
        }
    }

    private void files(JsonObject object, String where) throws Exception {
        boolean secret = object.has("stringData");
        for (var file : object.getAsJsonObject(secret ? "stringData" : "data").entrySet()) {
            var text = file.getValue()
                    .getAsString()
                    .replaceAll("host=\\S+ port=\\S+", "host=" + provider.host() + " port=" + provider.port())
                    .replace("CHANGE-ME", "secret");
            var path = where + "/" + file.getKey();
            machine.succeed("cat >" + path + " <<'END'\n" + text + "\nEND\nchown 0:10001 " + path + "\nchmod "
                    + (secret ? "440 " : "444 ") + path);
        }
    }

    private ProcessBuilder pod(Container container, String address) {
        var security = container.pod().getAsJsonObject("securityContext");
        assertThat(Manifests.text(security, "runAsUser") + ":" + Manifests.text(security, "runAsGroup"))
                .isEqualTo(image.user());
        var words = new ArrayList<>(List.of("env", "LONDISTE_METRICS=" + address + ":9778"));
        container.environment().forEach((name, value) -> words.add(name + "=" + value));
        words.addAll(container.command());
        return image.container(words);
    }

    private Foreground start(Container container, String address) throws IOException {
        var pod = Foreground.start(pod(container, address), directory.resolve(address));
        pods.add(pod);
        return pod;
    }

    private String probe(Container container, String address, String probe) throws Exception {
        var portAndPath = container.probe(probe);
        var reply = client.send(
                HttpRequest.newBuilder(URI.create("http://" + address + ":" + portAndPath))
                        .build(),
                BodyHandlers.ofString());
        return reply.statusCode() + " " + reply.body();
    }

    private void awaitReady(Container container, String address, String state) {
        await(address + " " + state).atMost(PATIENCE).ignoreExceptions().untilAsserted(() -> assertThat(
                        probe(container, address, "readinessProbe"))
                .startsWith("200 ")
                .contains("\"state\":\"" + state + "\""));
    }

    private String run(Container like, String... words) throws Exception {
        var command = new ArrayList<>(like.command().subList(0, 2));
        command.addAll(List.of(words));
        return Ran.of(image.container(command)).succeeded().said();
    }

    @Test
    void oneWorksAndTheOtherTakesOver() throws Exception {
        var replay = Manifests.containers(Manifests.one("Deployment", "shop")).get(0);
        var ticker =
                Manifests.containers(Manifests.one("Deployment", "shop-ticker")).get(0);
        var installation = Manifests.containers(Manifests.one("Job", "shop-install"));
        try (var own = PrivateMachine.start(changes)) {
            machine = own;
            image = ContainerImage.build(own);
            mount(replay);
            assertThat(List.of(
                            ticker.mounts(),
                            installation.get(0).mounts(),
                            installation.get(1).mounts()))
                    .containsOnly(replay.mounts());
            for (var container : installation) {
                Ran.of(pod(container, "127.0.0.10")).succeeded();
            }
            start(ticker, "127.0.0.11");
            start(ticker, "127.0.0.12");
            var active = start(replay, "127.0.0.21");
            awaitReady(ticker, "127.0.0.11", "running");
            awaitReady(ticker, "127.0.0.12", "running");
            awaitReady(replay, "127.0.0.21", "running");
            var standby = start(replay, "127.0.0.22");
            awaitReady(replay, "127.0.0.22", "standby");
            assertThat(probe(replay, "127.0.0.22", "livenessProbe")).startsWith("200 ");
            assertThat(probe(replay, "127.0.0.22", "startupProbe")).startsWith("200 ");

            run(replay, "provider", "add", "orders");
            run(replay, "subscriber", "add", "orders", "--wait");
            assertThat(run(replay, "compare")).contains("public.orders: equal, 1000 rows\n");

            active.jvm().destroyForcibly();
            awaitReady(replay, "127.0.0.22", "running");
            assertThat(run(replay, "compare")).contains("public.orders: equal, 1000 rows\n");
            assertThat(run(replay, "status")).startsWith("job shop: all is well\n");

            assertThat(image.stopSignal()).isEqualTo("SIGINT");
            assertThat(standby.interrupt()).as(standby.said()).isZero();
        } finally {
            pods.forEach(Foreground::close);
        }
    }
}
