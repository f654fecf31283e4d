package account

import (
	"errors"
	"testing"
)

// cold counts who connects.
type cold struct {
	*scripted
	connected chan struct{}
}

func (c cold) Connect() { c.connected <- struct{}{} }

// Given a keyring that can be reached, then warming it connects; one that can't be
// reached is left alone, since a try could start a bus of its own.
func TestAKeyringIsWarmedWhereItIsReachable(t *testing.T) {
	c := cold{scripted: &scripted{}, connected: make(chan struct{}, 2)}
	newSystemKeyring(c, func() error { return errors.New("no bus") }, keyringWait).Warm()
	newSystemKeyring(c, reachable, keyringWait).Warm()
	<-c.connected
	if len(c.connected) > 0 {
		t.Error("one that can't be reached was asked")
	}
}
