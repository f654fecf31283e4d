package window

import (
	"context"
	"testing"
	"time"

	"egnyte-accounts/oauth"
	"egnyte-accounts/oauth/practice"
	"egnyte-accounts/oauth/redirect"
)

// Given the key that the practice button saves, then the name and password in the hint
// sign in.
func TestThePracticeHintIsTrue(t *testing.T) {
	t.Parallel()
	at := practice.Start(t, func(o *practice.Options) { o.Key = practice.Key{ID: PracticeKeyID, Secret: PracticeSecret} })
	service, err := oauth.ParseService(at.URL())
	if err != nil {
		t.Fatal(err)
	}
	reader := practice.Person{Domain: practiceDomain, Username: practicePerson, Password: practicePassword}
	grant, err := oauth.SignIn{
		Service: service, Key: oauth.Key{ID: PracticeKeyID, Secret: oauth.NewSecret(PracticeSecret)},
		Browser: visitor{at, reader}, Listen: redirect.Listen, Timeout: 20 * time.Second,
	}.Run(t.Context())
	if err != nil || grant.User.Username != practicePerson {
		t.Errorf("got %+v, %v", grant.User, err)
	}
}

type visitor struct {
	at  *practice.Server
	who practice.Person
}

func (v visitor) Open(ctx context.Context, url string) error {
	return v.at.SignInAs(ctx, url, v.who, practice.Allow, v.who.Domain)
}

// Given a read of the accounts and another one before it is done, as when practice has just
// been set up and its settings file is noticed, then what the first one was for still happens.
func TestANewerReadGoesOnWithWhatTheOlderWasFor(t *testing.T) {
	tw := newTestWindow(t, Options{View: "signin"}, nil)
	tw.untilRead()
	followed := false
	tw.read(func() { followed = true })
	tw.read(nil)
	tw.until("what follows the first read", func() bool { return followed })
}
