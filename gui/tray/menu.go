package tray

import (
	"time"

	"egnyte-accounts/oauth/words"
)

// menu is the part of systray that the tray stands on. Nothing is ever
// removed from it: a click during a removal makes systray send on a closed
// channel. It only appends, so what is fixed stands on top.
type menu interface {
	add(title string) item
	separator()
	setNeeding(accounts int, trouble string)
}

// item is one entry of a menu.
type item interface {
	add(title string) item
	setTitle(string)
	show()
	hide()
	clicked() <-chan struct{}
}

// command is what a row's submenu offers.
type command int

const (
	openEgnyte command = iota
	again
	signOut
)

// settle is how long a row that has changed hands ignores clicks: the person
// meant what it said before.
const settle = 500 * time.Millisecond

// slot is one pooled row.
type slot struct {
	entry, again item // again gets the account going, by what is needed
	shown        row
	visible      bool
	deaf         time.Time // clicks before are not meant for this account
}

// pool shows rows in slots. An account keeps its slot while it exists, and
// finds it again when it comes back, so nothing jumps under the pointer.
type pool struct {
	menu  menu
	now   func() time.Time
	watch func(slot int, on [3]item) // called once for each new slot
	slots []*slot

	more  item // below the slots, once there have been too many accounts
	left  int  // what it last said
	click func(item)
}

// show makes the menu say rows, touching only what differs.
func (p *pool) show(rows []row) {
	rows, left := fitting(rows)
	defer p.sayLeft(left)
	p.hideOthers(rows)
	places := p.place(rows)
	for i, r := range places {
		p.fill(p.slots[i], *r)
	}
}

// hideOthers frees the slots of accounts that are not among rows. It comes first,
// so that nobody sees who has gone beside who has come, and so that there are
// never more slots than rows at a time.
func (p *pool) hideOthers(rows []row) {
	here := make(map[string]bool, len(rows))
	for _, r := range rows {
		here[r.account] = true
	}
	for _, s := range p.slots {
		if s.visible && !here[s.shown.account] {
			s.visible = false
			s.entry.hide()
		}
	}
}

// sayLeft says how many accounts the menu has no room for. By then every slot
// that there will ever be is there, so that this entry stays below them.
func (p *pool) sayLeft(left int) {
	if left == p.left {
		return
	}
	title := words.Count(left, "{n} more…", "{n} more…")
	switch {
	case p.more == nil:
		p.more = p.menu.add(title)
		p.click(p.more)
	case left == 0:
		p.more.hide()
	default:
		p.more.setTitle(title)
		p.more.show()
	}
	p.left = left
}

// place finds each row a slot: its own, else a free one, else a new one.
func (p *pool) place(rows []row) map[int]*row {
	places := make(map[int]*row, len(rows))
	byAccount := make(map[string]int, len(p.slots))
	for i, s := range p.slots {
		byAccount[s.shown.account] = i
	}
	var strangers []*row
	for i := range rows {
		if at, known := byAccount[rows[i].account]; known {
			places[at] = &rows[i]
		} else {
			strangers = append(strangers, &rows[i])
		}
	}
	free := 0
	for _, r := range strangers {
		for free < len(p.slots) && (p.slots[free].visible || places[free] != nil) {
			free++
		}
		if free == len(p.slots) {
			p.append(*r)
		}
		places[free] = r
	}
	return places
}

// append makes a new slot, which says r from the start.
func (p *pool) append(r row) {
	s := &slot{entry: p.menu.add(r.title), shown: r, visible: true}
	open := s.entry.add(words.Say("Open Egnyte"))
	s.again = s.entry.add(againTitle(r))
	out := s.entry.add(words.Say("Sign out"))
	p.slots = append(p.slots, s)
	p.watch(len(p.slots)-1, [3]item{open, s.again, out})
}

// againTitle names what the second entry of a row's submenu does.
func againTitle(r row) string {
	switch {
	case r.waiting:
		return words.Say("Cancel")
	case r.locked:
		return words.Say("Unlock password store")
	}
	return words.Say("Reconnect")
}

func (p *pool) fill(s *slot, r row) {
	if s.shown.account != r.account {
		s.deaf = p.now().Add(settle)
	}
	if s.shown.title != r.title {
		s.entry.setTitle(r.title)
	}
	if s.shown.waiting != r.waiting || s.shown.locked != r.locked {
		s.again.setTitle(againTitle(r))
	}
	s.shown = r
	if !s.visible {
		s.visible = true
		s.entry.show()
	}
}

// account tells whose slot was clicked; "" when the click was meant for
// nobody who is there.
func (p *pool) account(at int) string {
	s := p.slots[at]
	if !s.visible || p.now().Before(s.deaf) {
		return ""
	}
	return s.shown.account
}
