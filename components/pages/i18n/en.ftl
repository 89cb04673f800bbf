ask-title = How can we help?
ask-lead = Describe your problem in your own words. If we know the answer, you get it at once; if not, you see your place in the queue.
field-body = Your question
field-subject = Subject
field-name = Your name
field-email = Your e-mail address
field-files = Files
field-reply = Your message
files-hint = up to { $count }, { $size } each
optional = (optional)
send = Send
fault-title = This was not sent.
fault-body = Please write what you need help with, in at most 20,000 characters.
fault-email = Please check the e-mail address, or leave it out.
fault-field = Please check what you typed in the marked field.
fault-file-type = One of the files is of a type we do not take.
fault-file-mismatch = One of the files is not what its name says it is.
fault-file-large = A file is too large.
fault-files-many = These are too many files.
fault-busy = Too much is going on right now. Please send it again in a moment.
fault-state = This is no longer possible for this request.
fault-site = Your browser did not say that it came from this page. Please send it again from here.
fault-other = Something went wrong. Please try again.
fault-files = Please choose your files again.
ticket-title = Your request
state-answered = We have an answer for you.
state-queued = Your request is in the queue.
state-claimed = Somebody is working on your request.
state-waiting = We have answered and are waiting for your reply.
state-solved = We think this is solved.
state-closed = This request is closed.
place = You are number { $position }.
place-about = About { $position } requests are ahead of you.
forecast = Usually it takes about { $minutes } min; nine times in ten no more than { $most } min.
forecast-hours = Usually it takes about { $hours } h; nine times in ten no more than { $most } h.
forecast-none = We cannot say yet how long it will take.
thread = Conversation
by-you = You
by-desk = { $desk }
by-automatic = { $desk } (automatic answer)
size-kb = { $size } KB
size-mb = { $size } MB
outcome-title = Did this solve your problem?
outcome-yes = Yes, this solved it
outcome-no = No, it did not help
reply-title = Write to us
rating-title = Your opinion
rating-question = How was our help?
rating-like = Good
rating-dislike = Not good
rating-comment = In a few words
rating-send = Send opinion
rating-thanks = Thank you for your opinion. You can change it.
keep-link = Keep the link to this page: it is the way back to your request.
refresh = Refresh
ask-again = Ask something else
lost-title = This page cannot be opened
lost-text = Open it with the link you were given. It may be incomplete, or a newer one has replaced it.
nothing-title = There is nothing here
nothing-text = Please check the address.
trouble-title = This does not work right now
people-from = Our people are back on { $moment }. What we know already is answered at once.
wait-now = If people must answer, it takes about { $minutes } min now, rarely more than { $most } min.
wait-now-hours = If people must answer, it takes about { $hours } h now, rarely more than { $most } h.
closed-until = We are closed now and go on { $moment }. Your place is kept.
package-within = Your package “{ $name }”: request { $used } of { $of } this month.
package-over = What your package “{ $name }” covers this month ({ $of }) is used up. We help you all the same, as we help everybody; it counts again from { $moment }.
nobody-until = Nobody who can take your request is here just now; somebody is from { $moment } on. Your place is kept.
nobody-here = Nobody who can take your request is here just now. Your place is kept.
clocks = Times are those of { $zone }.
day-and-time = { $weekday }, { $day } { $month }, { $time }
moment = { $day } { $month } { $year }, { $time }
weekday = { $number ->
    [0] Monday
    [1] Tuesday
    [2] Wednesday
    [3] Thursday
    [4] Friday
    [5] Saturday
   *[6] Sunday
}
month = { $number ->
    [1] January
    [2] February
    [3] March
    [4] April
    [5] May
    [6] June
    [7] July
    [8] August
    [9] September
    [10] October
    [11] November
   *[12] December
}
