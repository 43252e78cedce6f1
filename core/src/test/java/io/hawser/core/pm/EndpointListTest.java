package io.hawser.core.pm;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class EndpointListTest {
  private final PathManager manager = new EndpointList();
  private final FakeView view = new FakeView("10.0.1.1", "10.9.0.1");

  @Test
  void noEndpoints_nothingToDo() {
    view.hears(1, "10.9.0.2", 0);
    assertThat(view.ask(manager)).isEmpty();
  }

  @Test
  void subflowEndpoints_joinTheInitialAddressOnce() {
    view.with("endpoint add 10.0.1.1 id 1 subflow")
        .with("endpoint add 10.0.2.1 id 2 subflow backup")
        .with("endpoint add 10.0.3.1 id 3")
        .with("endpoint add 2001:db8::1 id 4 subflow");
    assertThat(view.ask(manager)).containsExactly("open 10.0.2.1/2 10.9.0.1:80/0 backup");
    assertThat(view.ask(manager)).isEmpty();
  }

  @Test
  void subflowLimit_isKept() {
    view.with("limits set subflows 1")
        .with("endpoint add 10.0.2.1 subflow")
        .with("endpoint add 10.0.3.1 subflow");
    assertThat(view.ask(manager)).containsExactly("open 10.0.2.1/1 10.9.0.1:80/0");
    assertThat(view.ask(manager)).isEmpty();
    view.with("limits set subflows 2");
    assertThat(view.ask(manager)).containsExactly("open 10.0.3.1/2 10.9.0.1:80/0");
    assertThat(manager.subflowLimit(view)).isEqualTo(2);
  }

  @Test
  void server_opensNothingFromItsEndpoints() {
    view.client = false;
    view.with("endpoint add 10.0.2.1 subflow");
    assertThat(view.ask(manager)).isEmpty();
  }

  @Test
  void peerWantsNoJoinsToItsAddress_onlyAnnouncedOnesAreJoined() {
    view.joinsToInitial = false;
    view.with("limits set add_addr_accepted 1").with("endpoint add 10.0.2.1 subflow");
    assertThat(view.ask(manager)).isEmpty();
    view.hears(3, "10.9.0.2", 8080);
    assertThat(view.ask(manager)).containsExactly("open 0.0.0.0/0 10.9.0.2:8080/3");
  }

  @Test
  void signalEndpoints_announcedOneAtATime() {
    view.client = false;
    view.with("endpoint add 10.0.2.1 id 2 signal")
        .with("endpoint add 10.0.3.1 id 3 signal")
        .with("endpoint add 10.0.3.1 id 4 port 99 signal");
    assertThat(view.ask(manager)).containsExactly("announce 2 10.0.2.1:0");
    assertThat(view.ask(manager)).isEmpty();
    view.announcing = false;
    assertThat(view.ask(manager)).containsExactly("announce 3 10.0.3.1:0");
    view.announcing = false;
    assertThat(view.ask(manager)).containsExactly("announce 4 10.0.3.1:99");
    view.announcing = false;
    assertThat(view.ask(manager)).isEmpty();
  }

  @Test
  void announcedAddresses_joinedAsFarAsAccepted() {
    view.with("limits set subflows 4 add_addr_accepted 2");
    view.hears(1, "10.9.0.2", 0);
    view.hears(2, "10.9.0.3", 81);
    view.hears(3, "10.9.0.4", 0);
    assertThat(view.ask(manager))
        .containsExactly("open 0.0.0.0/0 10.9.0.2:80/1", "open 0.0.0.0/0 10.9.0.3:81/2");
    assertThat(view.ask(manager)).isEmpty();
  }

  @Test
  void announced6OnA4Connection_isJoinedFromAny6() {
    view.with("limits set add_addr_accepted 2");
    view.hears(1, "2001:db8::2", 0);
    assertThat(view.ask(manager)).containsExactly("open ::/0 [2001:db8::2]:80/1");
  }

  @Test
  void fullmeshEndpoints_joinEveryAnnouncedAddress() {
    view.with("limits set subflows 4 add_addr_accepted 2")
        .with("endpoint add 10.0.2.1 id 2 subflow fullmesh")
        .with("endpoint add 10.0.3.1 id 3 subflow fullmesh");
    view.hears(7, "10.9.0.2", 0);
    assertThat(view.ask(manager))
        .containsExactly(
            "open 10.0.2.1/2 10.9.0.1:80/0",
            "open 10.0.3.1/3 10.9.0.1:80/0",
            "open 10.0.2.1/2 10.9.0.2:80/7",
            "open 10.0.3.1/3 10.9.0.2:80/7");
  }

  @Test
  void subflowDied_isOpenedAgainAfterItsRest() {
    view.with("endpoint add 10.0.2.1 subflow");
    view.ask(manager);
    view.dies("10.0.2.1", "10.9.0.1");
    assertThat(view.ask(manager)).isEmpty();
    view.nowNs = PathBackoff.FIRST_NS;
    assertThat(view.ask(manager)).hasSize(1);
  }

  @Test
  void endpointGone_subflowIsNotOpenedAgain() {
    view.with("endpoint add 10.0.2.1 id 5 subflow");
    view.ask(manager);
    view.dies("10.0.2.1", "10.9.0.1");
    view.with("endpoint delete id 5");
    view.nowNs = PathBackoff.LONGEST_NS;
    assertThat(view.ask(manager)).isEmpty();
  }

  @Test
  void firstSubflowDied_itsEndpointOpensItAgainWithIdZero() {
    view.with("endpoint add 10.0.1.1 id 1 subflow").with("endpoint add 10.0.2.1 id 2 subflow");
    view.ask(manager);
    view.dies("10.0.1.1", "10.9.0.1");
    view.nowNs = PathBackoff.FIRST_NS;
    assertThat(view.ask(manager)).containsExactly("open 10.0.1.1/0 10.9.0.1:80/0");
  }
}
