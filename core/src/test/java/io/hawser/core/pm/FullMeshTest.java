package io.hawser.core.pm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class FullMeshTest {
  private final PathManager manager = new FullMesh();
  private final FakeView view = new FakeView("10.0.1.1", "10.9.0.1");

  @Test
  void oneAddressEach_nothingToDo() {
    assertThat(view.ask(manager)).isEmpty();
  }

  @Test
  void everyAddress_meetsEveryAddressOfItsFamily() {
    view.addresses.add(FakeView.address("10.0.2.1"));
    view.addresses.add(FakeView.address("2001:db8::1"));
    view.hears(4, "10.9.0.2", 0);
    view.hears(5, "2001:db8::9", 0);
    assertThat(view.ask(manager))
        .containsExactly(
            "open 10.0.2.1/1 10.9.0.1:80/0",
            "open 10.0.1.1/0 10.9.0.2:80/4",
            "open 10.0.2.1/1 10.9.0.2:80/4",
            "open 2001:db8::1/2 [2001:db8::9]:80/5");
    assertThat(view.ask(manager)).isEmpty();
  }

  @Test
  void manyAddresses_stopAtEightBesideTheFirst() {
    for (int i = 2; i < 20; i++) {
      view.addresses.add(FakeView.address("10.0." + i + ".1"));
    }
    assertThat(view.ask(manager)).hasSize(EndpointTable.MOST);
    assertThat(view.ask(manager)).isEmpty();
  }

  @Test
  void firstAddressAnnouncedToo_isOneAddress() {
    view.addresses.add(FakeView.address("10.0.2.1"));
    view.hears(6, "10.9.0.1", 0);
    assertThat(view.ask(manager)).hasSize(1);
  }

  @Test
  void peerWantsNoJoinsToItsAddress_theAnnouncedOneIsJoined() {
    view.joinsToInitial = false;
    view.addresses.add(FakeView.address("10.0.2.1"));
    assertThat(view.ask(manager)).isEmpty();
    view.hears(2, "10.9.0.2", 0);
    assertThat(view.ask(manager)).hasSize(2);
  }

  @Test
  void server_announcesItsOtherAddressesOneAtATime() {
    view.client = false;
    view.addresses.add(FakeView.address("10.0.2.1"));
    view.addresses.add(FakeView.address("10.0.3.1"));
    assertThat(view.ask(manager)).containsExactly("announce 1 10.0.2.1:0");
    assertThat(view.ask(manager)).isEmpty();
    view.announcing = false;
    assertThat(view.ask(manager)).containsExactly("announce 2 10.0.3.1:0");
  }

  @Test
  void server_firstAddressLostAndBack_announcesItWithIdZero() {
    view.client = false;
    view.addresses.add(FakeView.address("10.0.2.1"));
    view.announcedIds.add(1);
    view.paths.add(new PathView.Path(7, FakeView.address("10.0.2.1"), 1, view.remote, 0, true));
    view.broken.add(FakeView.address("10.0.1.1"));
    view.dies("10.0.1.1", "10.9.0.1");
    assertThat(view.ask(manager)).isEmpty();
    view.broken.clear();
    assertThat(view.ask(manager)).containsExactly("announce 0 10.0.1.1:0");
    view.announcing = false;
    assertThat(view.ask(manager)).isEmpty();
  }

  @Test
  void server_addressWithoutAWayOut_isNotAnnounced() {
    view.client = false;
    view.addresses.add(FakeView.address("10.0.2.1"));
    view.broken.add(FakeView.address("10.0.2.1"));
    assertThat(view.ask(manager)).isEmpty();
  }

  @Test
  void allSubflowsDied_allAreOpenedAgain() {
    view.addresses.add(FakeView.address("10.0.2.1"));
    view.ask(manager);
    view.dies("10.0.1.1", "10.9.0.1");
    view.dies("10.0.2.1", "10.9.0.1");
    assertThat(view.ask(manager)).isEmpty();
    view.nowNs = PathBackoff.FIRST_NS;
    assertThat(view.ask(manager)).hasSize(2);
  }

  @Test
  void names_areKnownAndOthersRefused() {
    for (String name : PathManagers.NAMES) {
      assertThat(PathManagers.create(name).name()).isEqualTo(name);
    }
    assertThatThrownBy(() -> PathManagers.create("none"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("endpoint-list, full-mesh");
  }
}
