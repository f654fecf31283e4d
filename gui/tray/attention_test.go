package tray

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"egnyte-accounts/gui/desktop"
	"egnyte-accounts/oauth"
	"egnyte-accounts/oauth/account"
)

// turn makes accounts need their person, as a check does.
func (d *desk) turn(names ...string) {
	d.store.change(func() {
		for i := range d.store.accounts {
			for _, name := range names {
				if d.store.accounts[i].Username == name {
					d.store.accounts[i].State, d.store.accounts[i].Reason = account.Reconnect, oauth.RefusedUnauthorized
				}
			}
		}
	})
}

// atADesk runs test in a bubble, where waiting takes no time.
func atADesk(t *testing.T, accounts []account.Account, test func(*testing.T, *desk)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		d := newDesk(t, accounts...)
		synctest.Wait()
		test(t, d)
	})
}

// silent fails if anything is told by the time that everybody waits.
func (d *desk) silent(t *testing.T, when string) {
	t.Helper()
	synctest.Wait()
	select {
	case n := <-d.notices:
		t.Errorf("%s it was told %q", when, n.Title)
	default:
	}
}

func TestWhoHasToSignInAgainIsToldOnceByName(t *testing.T) {
	atADesk(t, []account.Account{jane, ann}, func(t *testing.T, d *desk) {
		d.turn("jsmith")
		n := <-d.notices
		if n.Title != "Name of jsmith has to sign in again" || n.Button != "Reconnect" ||
			n.Body != "jsmith · acme.egnyte.com\nEgnyte no longer accepts the sign-in of Name of jsmith: a password was changed, or an administrator ended it." {
			t.Errorf("told %+v", n)
		}
		d.turn("jsmith", "adoe") // Ann was told before the tray began
		wait(10 * betweenTold)
		d.silent(t, "again")
	})
}

// Given an account that turned to reconnect while no tray ran, then the next one
// tells its person, and the one after that does not.
func TestWhoHadToSignInAgainBeforeTheTrayBeganIsToldOnce(t *testing.T) {
	atADesk(t, []account.Account{jane, person("bkumar", "acme.egnyte.com", account.Reconnect)}, func(t *testing.T, d *desk) {
		if n := <-d.notices; n.Title != "Name of bkumar has to sign in again" {
			t.Errorf("told %q", n.Title)
		}
		wait(10 * betweenTold)
		d.silent(t, "again")
		accounts, _ := d.store.List(t.Context())
		next := newDesk(t, accounts...)
		wait(10 * betweenTold)
		next.silent(t, "by the next tray")
	})
}

// Given a reconnect that can't be saved, then the account is as it was, and its
// person knows that already.
func TestAReconnectThatIsNotSavedIsNotToldAgain(t *testing.T) {
	atADesk(t, []account.Account{jane}, func(t *testing.T, d *desk) {
		d.turn("jsmith")
		<-d.notices
		for _, state := range []account.State{account.Pending, account.Reconnect} {
			d.store.change(func() { d.store.accounts[0].State, d.store.accounts[0].Notified = state, false }) // as a disk that is full leaves it
			wait(10 * betweenTold)
			d.silent(t, string(state))
		}
		d.store.change(func() { d.store.accounts[0].State = account.Ready })
		wait(10 * betweenTold)
		d.turn("jsmith")
		<-d.notices // another turn
	})
}

// Given a desktop that shows no notification, then nobody counts as told.
func TestANotificationThatIsNotShownIsLeftToTheNextTray(t *testing.T) {
	atADesk(t, []account.Account{jane}, func(t *testing.T, d *desk) {
		d.mute(errors.New("nobody shows it"))
		d.turn("jsmith")
		wait(10 * betweenTold)
		if accounts, _ := d.store.List(t.Context()); accounts[0].Notified {
			t.Error("the index says that she was told")
		}
		accounts, _ := d.store.List(t.Context())
		next := newDesk(t, accounts...)
		<-next.notices
	})
}

func TestAClickOnTheNotificationSignsInAgain(t *testing.T) {
	atADesk(t, []account.Account{jane}, func(t *testing.T, d *desk) {
		d.turn("jsmith")
		n := <-d.notices
		n.Clicked()
		expect(t, d.told, "Name of jsmith is connected again")
		synctest.Wait()
		n.Clicked() // much later, from a list of old ones
		expect(t, d.started, "--window accounts")
	})
}

func TestASecondClickOnTheNotificationCancelsNothing(t *testing.T) {
	atADesk(t, []account.Account{jane}, func(t *testing.T, d *desk) {
		back := make(chan struct{})
		d.signsIn(func(ctx context.Context, _ func(oauth.Step)) (oauth.Grant, error) {
			select {
			case <-back:
				return oauth.Grant{}, nil
			case <-ctx.Done():
				return oauth.Grant{}, ctx.Err()
			}
		})
		d.turn("jsmith")
		n := <-d.notices
		n.Clicked()
		synctest.Wait()
		n.Clicked()
		synctest.Wait()
		close(back)
		expect(t, d.told, "Name of jsmith is connected again")
	})
}

func TestNobodyIsToldWhileAPersonIsSigningIn(t *testing.T) {
	atADesk(t, []account.Account{jane, person("bkumar", "acme.egnyte.com", account.Ready)}, func(t *testing.T, d *desk) {
		done := d.store.SigningIn() // in another process, as it were
		d.turn("jsmith", "bkumar")
		wait(10 * betweenTold)
		d.silent(t, "while somebody signs in")
		d.store.change(func() { d.store.accounts[1].State = account.Ready }) // the one who signed in
		done()
		if n := <-d.notices; n.Title != "Name of jsmith has to sign in again" {
			t.Errorf("told %q", n.Title)
		}
		wait(10 * betweenTold)
		d.silent(t, "of who has signed in again")
	})
}

func TestATrayThatReconnectsIsQuietToo(t *testing.T) {
	atADesk(t, []account.Account{jane, ann}, func(t *testing.T, d *desk) {
		back := make(chan struct{})
		d.signsIn(func(context.Context, func(oauth.Step)) (oauth.Grant, error) { <-back; return oauth.Grant{}, nil })
		d.click(t, "▲ Name of adoe — globex: sign in again", "Reconnect")
		synctest.Wait()
		d.turn("jsmith")
		wait(betweenTold)
		d.silent(t, "while Ann signs in")
		close(back)
		<-d.notices
	})
}

func TestManyAtOnceAreOneNotification(t *testing.T) {
	var everybody []account.Account
	var names []string
	for n := range 40 {
		names = append(names, fmt.Sprintf("person%d", n))
		everybody = append(everybody, person(names[n], "acme.egnyte.com", account.Ready))
	}
	atADesk(t, everybody, func(t *testing.T, d *desk) {
		var told []desktop.Notification
		for n := range names { // one check a second finds them
			d.turn(names[n])
			wait(gather)
		}
		wait(10 * betweenTold)
		for len(d.notices) > 0 {
			told = append(told, <-d.notices)
		}
		if len(told) != 3 || !strings.HasSuffix(told[1].Title, "accounts have to sign in again") {
			t.Fatalf("told %+v", told)
		}
		told[1].Clicked()
		expect(t, d.started, "--window accounts")
	})
}

// wait lets time pass for everybody.
func wait(d time.Duration) {
	time.Sleep(d) // a bubble's
	synctest.Wait()
}
