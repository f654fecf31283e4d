package window

import (
	"context"
	"errors"
	"fmt"
	"net"
	"time"

	"egnyte-accounts/gui/desktop"
	"egnyte-accounts/oauth"
	"egnyte-accounts/oauth/account"
	"egnyte-accounts/oauth/settings"
)

// setUpPractice saves settings for the practice Egnyte and starts it.
func (d deps) setUpPractice(ctx context.Context) error {
	port, err := freePort()
	if err != nil {
		return fmt.Errorf("finding a port for the practice Egnyte: %w", err)
	}
	service, err := oauth.ParseService("http://egnyte.localhost:" + port)
	if err != nil {
		return err
	}
	known, _, err := d.config.Show(ctx, "")
	if err != nil {
		return err
	}
	var unset []string // what was meant for another service
	for _, name := range []string{"flow", "domain"} {
		if known.From[name] == settings.Settings {
			unset = append(unset, name)
		}
	}
	_, err = d.config.Apply(ctx, settings.Edit{
		Set:    map[string]string{"service": service.String(), "client_id": PracticeKeyID, "redirect_uri": oauth.DefaultRedirectURI},
		Unset:  unset,
		Secret: oauth.NewSecret(PracticeSecret),
	})
	if err != nil {
		return err
	}
	return d.practice.Start(ctx, net.JoinHostPort("127.0.0.1", port))
}

// endPractice removes everything of the practice Egnyte: accounts, key and service.
func (d deps) endPractice(ctx context.Context, accounts []account.Account) error {
	for _, a := range accounts {
		if !isPractice(a) {
			continue
		}
		if err := d.accounts.Remove(ctx, a.Name); err != nil && !errors.Is(err, account.ErrNoAccount) {
			return err
		}
	}
	unset := []string{"service", "client_id", "redirect_uri"} // the secret goes with the key
	if _, err := d.config.Apply(ctx, settings.Edit{Unset: unset}); err != nil {
		return err
	}
	return d.practice.Stop(ctx)
}

// freePort is a port without a listener.
func freePort() (string, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	defer listener.Close()
	_, port, err := net.SplitHostPort(listener.Addr().String())
	return port, err
}

// practiceRole implements Practice.
type practiceRole struct{}

func (practiceRole) Answers(ctx context.Context, address string) bool {
	dialer := net.Dialer{Timeout: time.Second}
	conn, err := dialer.DialContext(ctx, "tcp", address)
	if err != nil {
		return false
	}
	conn.Close()
	return true
}

// Stop ends the process that serves it.
func (practiceRole) Stop(ctx context.Context) error {
	if err := desktop.Tell(ctx, desktop.PracticeRole, desktop.Stop); err != nil {
		return fmt.Errorf("ending the practice Egnyte: %w", err)
	}
	return nil
}

func (p practiceRole) Start(ctx context.Context, address string) error {
	if err := desktop.Start("--practice", "--listen", address); err != nil {
		return fmt.Errorf("starting the practice Egnyte: %w", err)
	}
	ctx, cancel := context.WithTimeout(ctx, practiceLimit)
	defer cancel()
	poll := time.NewTicker(50 * time.Millisecond)
	defer poll.Stop()
	for !p.Answers(ctx, address) {
		select {
		case <-ctx.Done():
			return errors.Join(errors.New("the practice Egnyte does not answer"), ctx.Err())
		case <-poll.C:
		}
	}
	return nil
}
